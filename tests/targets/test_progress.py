from builder.publish.targets.progress import Progress, said_files, said_size


def test_long_transfers_say_now_and_then_how_far_they_have_come() -> None:
    said: list[str] = []
    now = [0.0]
    progress = Progress(said.append, files=4, size=1000, clock=lambda: now[0])
    for seconds, size in ((1.0, 100), (3.5, 150), (4.0, 250), (7.0, 500)):
        now[0] = seconds
        progress.add(size)
    assert said == [
        "Sender: 25 % (2 av 4 filer, omtrent 10 sekunder igjen) …",
        "Sender: 100 % (4 av 4 filer) …",
    ]


def test_empty_files_are_no_trouble() -> None:
    said: list[str] = []
    now = [0.0]
    progress = Progress(said.append, files=1, size=0, clock=lambda: now[0])
    now[0] = 9.0
    progress.add(0)
    assert said == ["Sender: 0 % (1 av 1 filer) …"]


def test_sizes_and_numbers() -> None:
    assert [said_size(size) for size in (0, 49_999, 50_000, 27_040_000)] == [
        "0,0 MB",
        "0,0 MB",
        "0,1 MB",
        "27,0 MB",
    ]
    assert [said_files(count) for count in (0, 1, 2)] == ["0 filer", "1 fil", "2 filer"]

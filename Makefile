# Every target first makes sure that its tools are there (builder/commands/bootstrap.py), so a machine with
# git, make and some Python 3 is enough. Works with GNU make 3.81 (macOS) and later.

.DEFAULT_GOAL := help
.PHONY: help publish releases rollback site serve preview new check check-links test test-all \
  lighthouse gallery guide sizes bench bench-build lint schemas mutants \
  lock clean setup-site setup-dev

# Text in and out is UTF-8 whatever the machine's language settings are.
export PYTHONUTF8 := 1

# Without a home folder that can be written to, programs keep their files in the project.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.cache/home/cache
export XDG_CONFIG_HOME := $(CURDIR)/.cache/home/config
export XDG_DATA_HOME := $(CURDIR)/.cache/home/data
export npm_config_cache := $(CURDIR)/.cache/home/npm
endif

RUN := .venv/bin/python

# Pythons to set up with, the first that really runs and is 3.8 or later; pyenv and macOS put
# programs on PATH that only say what is missing. `make PYTHON=/path/to/python …` goes first.
PYTHONS = $(PYTHON) python3.13 python3 python \
  /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3

# $(call python,script)
python = for python in $(PYTHONS); do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then \
      exec "$$python" builder/commands/$(1); \
    fi; \
  done; \
  echo 'Fant ingen Python 3.8 eller nyere; installer Python 3.13 og kjør kommandoen på nytt.' >&2; \
  exit 1

# $(call setup,level): a look at the stamp with the Python already set up, else the whole thing.
setup = $(RUN) -I -S builder/commands/bootstrap.py ready $(1) 2>/dev/null || { $(call python,bootstrap.py $(1)); }

# $(call option,VARIABLE,option): the option with the value of VARIABLE, also with spaces and '.
option = $(if $(filter command,$(firstword $(origin $(1)))),--$(2)='$(subst ','\'',$($(1)))')

help: ## Vis denne listen
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

publish: setup-site ## Kontroller, bygg, vis hva som blir endret, og publiser (uten å bli spurt: YES=1)
	@$(RUN) -m builder publish $(call option,SCHEME,scheme) $(ARGS)

releases: setup-site ## Vis publiseringene som er tatt vare på
	@$(RUN) -m builder releases $(call option,SCHEME,scheme) $(ARGS)

rollback: setup-site ## Gå tilbake til publiseringen før (til en bestemt: TO=navn)
	@$(RUN) -m builder rollback $(call option,TO,to) $(call option,SCHEME,scheme) $(ARGS)

site: setup-site ## Bygg nettstedet i output/ (én ordning som eget nettsted: SCHEME=mappenavn)
	@$(RUN) -m builder site $(call option,SCHEME,scheme) $(ARGS)

serve: setup-site ## Vis det publiserte nettstedet på egen maskin (annen port: PORT=8080)
	@$(RUN) -m builder serve $(if $(PORT),--port $(PORT)) $(call option,SCHEME,scheme) $(ARGS)

preview: setup-site ## Vis nettstedet mens du skriver, også utkast (annen port: PORT=8080)
	@$(RUN) -m builder preview $(if $(PORT),--port $(PORT)) $(ARGS)

new: setup-site ## Lag en ordning (NAME="…") eller et regelverksår (SCHEME=… YEAR=…) å fylle ut
	@$(RUN) -m builder new $(call option,NAME,name) $(call option,SLUG,slug) \
	  $(call option,SCHEME,scheme) $(call option,YEAR,year)

check: setup-site ## Kontroller innholdet uten å bygge (alle advarslene: ALT=1)
	@$(RUN) -m builder check $(ARGS)

check-links: setup-site ## Kontroller lenkene til andre nettsteder (også dem som nylig svarte: NYTT=1)
	@$(RUN) -m builder check-links $(ARGS)

# $(call pytest,arguments): with the Chromium that pages are tried in, and a process for each core; one
# that has nothing left to do takes tests of another. The slowest ten are shown at the end.
pytest = chromium="$$($(RUN) -m tests.programs chromium)" && \
  CHROMIUM_PATH="$$chromium" $(RUN) -m pytest -n auto --dist worksteal --durations=10 $(1) $(ARGS)

# The browsers of `make test-all`; only Linux has WebKitGTK, so elsewhere: ENGINES="chromium firefox".
ENGINES = chromium firefox webkit

test: setup-dev lint ## Kjør kontrollene og de raske testene (et utvalg: ARGS="tests/calc -k navn")
	@$(call pytest,-m "not thorough")

test-all: setup-dev lint ## Kjør alle kontroller og tester (inntil en halvtime; et utvalg: ARGS=tests/proof)
	@$(RUN) -m tests.programs servers
	@firefox="$(if $(filter firefox,$(ENGINES)),$$($(RUN) -m tests.programs firefox))" && \
	  minibrowser="$(if $(filter webkit,$(ENGINES)),$$($(RUN) -m tests.programs webkit))" && \
	  export FIREFOX_PATH="$$firefox" MINIBROWSER_PATH="$$minibrowser" && \
	  $(call pytest,--hypothesis-profile thorough $(ENGINES:%=--browser %))

lint: setup-dev ## Kontroller koden: Python, skript, stilark, maler og tekster
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-cache --no-logo
	@$(RUN) -m tests.lint

schemas: setup-site ## Skriv JSON-skjemaene for YAML-filene på nytt (når modellen er endret)
	@$(RUN) -m builder schemas

sizes: setup-site ## Vis hva leserne må laste ned av det som sist ble bygget, og hva det høyst kan være
	@$(RUN) -m builder sizes $(ARGS)

bench: setup-dev ## Mål kalkulatoren mot PyScript og vanlig Pyodide (tar omtrent et kvarter)
	@$(RUN) -m tests.bench $(ARGS)

bench-build: setup-dev ## Mål bygget mot vanlig Pelican og Hugo (omtrent tre kvarter; et utvalg: SIZES=100 ONLY=ours)
	@$(RUN) -m tests.bench_build $(ARGS)

lighthouse: setup-dev ## Mål de viktigste sidene med Lighthouse (tar et par minutter)
	@$(RUN) -m tests.proof.lighthouse $(ARGS)

gallery: setup-dev ## Ta bilder av sidene, smale og brede, lyse og mørke
	@$(RUN) -m tests.proof.gallery

guide: setup-dev ## Ta bildene i veiledningen for redaktører på nytt
	@$(RUN) -m tests.proof.guide

mutants: setup-dev ## Kontroller at testene merker feil i calc (tar omtrent en halvtime)
	@$(RUN) -m mutmut run --max-children 2; $(RUN) -m mutmut results

lock: ## Skriv låsefilene på nytt (nyeste versjoner: UPGRADE=1)
	@$(call python,lock.py $(if $(UPGRADE),--upgrade))

clean: ## Slett alt som er laget, bortsett fra public/
	@rm -rf output dist .cache .venv theme/node_modules .mypy_cache .pytest_cache .ruff_cache \
	  .hypothesis test-results mutants
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-site:
	@$(call setup,site)

setup-dev:
	@$(call setup,dev)

// How the keyboard moves over the page, and what the reader sees of it.
(() => {
  const FOCUSABLE =
    "a[href], button, input, select, textarea, summary, iframe, audio[controls], [contenteditable], [tabindex]";
  const { contrast, ground } = globalThis.colours;
  const named = (element) =>
    `<${[element.localName, ...element.classList].join(".")}> ` +
    `«${(element.textContent || element.value || "").trim().replace(/\s+/g, " ").slice(0, 40)}»`;

  /** Does it have focus because something in a frame has? Our own element has its frame inside. */
  const isFrame = ({ localName }) => localName === "iframe" || localName.includes("-");

  /** What the keyboard should reach: of radios with one name, the one that is chosen. */
  const focusable = () =>
    [...document.querySelectorAll(FOCUSABLE)].filter((/** @type {any} */ element) => {
      if (element.tabIndex < 0 || element.disabled || element.type === "hidden") {
        return false;
      }
      const group = `input[type=radio][name="${CSS.escape(element.name ?? "")}"]:checked`;
      if (element.type === "radio" && !element.checked && document.querySelector(group)) {
        return false;
      }
      return element.checkVisibility({ visibilityProperty: true });
    });

  /** Is there a ring of two pixels or more that stands out from what is around it? */
  const hasRing = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const around = ground(element.parentElement);
    const hasOutline = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    const rings = hasOutline ? [outlineColor, boxShadow.match(/^[a-z]+\([^)]*\)/)?.[0]] : [];
    return rings.some((colour) => colour && contrast(colour, around) >= 3);
  };
  /** The ring may be around a box in which the element is alone, such as a radio with its label. */
  const unseen = (element) => {
    let box = element;
    while (!hasRing(box) && box.parentElement.querySelectorAll(FOCUSABLE).length <= 1) {
      box = box.parentElement;
    }
    if (hasRing(box)) {
      return [];
    }
    return [`no ring is seen around ${named(element)}`];
  };

  const covered = (element) => {
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, innerHeight / 2)];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) {
      return [`out of sight when it has focus: ${named(element)}`];
    }
    const top = document.elementFromPoint(x, y);
    const isSeen = top && (element.contains(top) || top.contains(element) ||
      [...(element.labels ?? [])].some((label) => label.contains(top)));
    return isSeen ? [] : [`${named(top)} lies on ${named(element)}, which has focus`];
  };

  /** Is what comes next also further on, as one reads: below, or to the right? */
  const backwards = (before, after) => {
    if (!before?.isConnected || before.contains(after) || after.contains(before)) {
      return [];
    }
    let [one, other] = [before, after];
    while (!one.parentElement.contains(after)) {
      one = one.parentElement;
    }
    while (other.parentElement !== one.parentElement) {
      other = other.parentElement;
    }
    const boxOf = (parent, element) =>
      getComputedStyle(parent).display === "inline" ? element : parent;
    const a = boxOf(one, before).getBoundingClientRect();
    const b = boxOf(other, after).getBoundingClientRect();
    const isAbove = b.bottom <= a.top + 1 && b.left < a.right - 1;
    const isBefore = b.right <= a.left + 1 && b.top < a.bottom - 1 && a.top < b.bottom - 1 &&
      Math.abs(a.top - b.top) < 4;
    return isAbove || isBefore
      ? [`the keyboard goes back on the screen, from ${named(before)} to ${named(after)}`]
      : [];
  };

  /** What is wrong with having come from one element to another. */
  const judge = async (before, now) => {
    // What was out of sight until now may still be laid out, and move the rest.
    for (let frames = 0; frames < 30 && covered(now).length > 0; frames += 1) {
      await new Promise((done) => {
        requestAnimationFrame(done);
      });
    }
    return [...unseen(now), ...covered(now), ...backwards(before, now)];
  };

  /** @type {Element | null} */
  let first = null;
  /** @type {Element | null} */
  let before = null;
  let waiting = [];
  globalThis.keyboard = {
    /** Begin at the top of the page; how many steps there should be. */
    begin() {
      [first, before] = [null, null];
      waiting = focusable();
      return waiting.length;
    },
    /** After a step: what is wrong with it, and whether the page has been left. */
    async step() {
      const now = /** @type {Element} */ (document.activeElement);
      // After the last comes the browser itself, or, where it has nothing, the first again.
      if (now === document.body || now === first) {
        return { left: true, problems: [] };
      }
      first ??= now;
      // In a frame, which is tried as a page of its own.
      if (isFrame(now)) {
        before = null;
        return { left: false, problems: [] };
      }
      waiting = waiting.filter((element) => element !== now);
      const problems = await judge(before, now);
      before = now;
      return { left: false, problems };
    },
    /** What the keyboard has not come to. */
    missed: () => waiting.map((element) => `the keyboard does not reach ${named(element)}`),
    /** All steps at once, in the order of the page. The last thing used must be the keyboard. */
    async all() {
      const found = [];
      /** @type {Element | null} */
      let from = null;
      for (const element of focusable()) {
        element.focus();
        found.push(...(await judge(from, element)));
        from = element;
      }
      return found;
    },
    /** What has no ring when it has focus. */
    unseen: () =>
      focusable().flatMap((element) => {
        element.focus({ preventScroll: true });
        return document.activeElement === element
          ? unseen(element)
          : [`cannot have focus: ${named(element)}`];
      }),
  };
})()

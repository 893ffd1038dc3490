// What axe finds wrong in the page as it is now, and what it cannot decide, as lines of text. Where
// only colours can be wrong, no more than they are looked at.
async (onlyColours) => {
  const COLOURS = ["color-contrast", "link-in-text-block"];
  const told = (results) =>
    results.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const why = [...any, ...all, ...none].map(({ message }) => message).join(" / ");
        return `${id} at ${target.flat().join(" ")}: ${why}`;
      }),
    );

  // Some things keep axe from telling what a text stands on. So a gradient becomes each of its
  // colours in turn, what is scrolled sideways lies open, and the marks that the style sheet puts
  // beside texts are gone.
  const changed = [...document.querySelectorAll("body *")].flatMap((element) => {
    const { backgroundImage, overflowX } = getComputedStyle(element);
    const isGradient = backgroundImage.includes("gradient");
    if (!element.checkVisibility() || (!isGradient && !["auto", "scroll"].includes(overflowX))) {
      return [];
    }
    const colours = isGradient ? backgroundImage.match(/[a-z]+\([\d.\s,/%]+\)/g) : [];
    const seen = [...new Set(colours)].filter((colour) => !colour.endsWith(", 0)"));
    return [{ element, colours: seen, before: element.style.cssText }];
  });
  const most = Math.max(1, ...changed.map(({ colours }) => colours.length));
  const withoutMarks = new CSSStyleSheet();
  withoutMarks.replaceSync("*::before, *::after { background: none !important; }");
  const simplify = (nth) => {
    for (const { element, colours } of changed) {
      element.style.overflow = "visible";
      element.style.minInlineSize = `${element.scrollWidth + 1}px`;
      element.style.background = colours[nth % colours.length] ?? "";
    }
  };

  // Nor does axe judge drawings: their text needs 4.5 against what is drawn below it, and their
  // shapes 3 against the page, by what fills them or by their outline.
  const { contrast, ground, isSeen } = globalThis.colours;
  const touch = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const drawn = (svg) => {
    const page = ground(svg);
    const shapes = [...svg.querySelectorAll("rect, path, line")].map((shape) => {
      const { fill, stroke } = getComputedStyle(shape);
      return { shape, fill, stroke, box: shape.getBoundingClientRect() };
    });
    const faint = shapes
      .filter(({ fill, stroke }) => [fill, stroke].some(isSeen))
      .filter(({ fill, stroke }) =>
        [fill, stroke].every((colour) => !isSeen(colour) || contrast(colour, page) < 3))
      .map(({ shape }) => `drawn too faintly: ${shape.outerHTML}`);
    const texts = [...svg.querySelectorAll("text")].flatMap((text) => {
      const box = text.getBoundingClientRect();
      const below = shapes.filter(({ fill, box: other }) => isSeen(fill) && touch(box, other));
      const { fill } = getComputedStyle(text);
      return [page, ...below.map((shape) => shape.fill)].slice(-1)
        .filter((ground) => contrast(fill, ground) < 4.5)
        .map((ground) => `${fill} on ${ground} is too faint: ${text.outerHTML}`);
    });
    return [...faint, ...texts];
  };
  const isDrawn = ({ element }) => element.closest("svg") !== null;

  /** @type {Record<"wrong" | "undecided", string[]>} */
  const found = { wrong: [], undecided: [] };
  const look = async (context, options) => {
    const { violations, incomplete } = await globalThis.axe.run(context, {
      resultTypes: ["violations", "incomplete"],
      elementRef: true,
      // What is in a frame is a page of its own, and looked at as such.
      iframes: false,
      ...options,
    });
    found.wrong.push(...told(violations));
    const undecided = incomplete.map((result) => ({
      ...result,
      nodes: result.nodes.filter((node) => !(result.id === "color-contrast" && isDrawn(node))),
    }));
    found.undecided.push(...told(undecided));
  };

  if (!onlyColours) {
    const without = [...COLOURS, "frame-tested"].map((id) => [id, { enabled: false }]);
    // The one rule of WCAG 2.2 that axe has, and leaves out unless it is asked for.
    const rules = { ...Object.fromEntries(without), "target-size": { enabled: true } };
    await look(document, { rules });
  }
  document.adoptedStyleSheets.push(withoutMarks);
  for (let nth = 0; nth < most; nth += 1) {
    simplify(nth);
    const context = nth === 0 ? document : changed.map(({ element }) => element);
    await look(context, { runOnly: { type: "rule", values: COLOURS } });
  }
  for (const { element, before } of changed) {
    element.style.cssText = before;
  }
  document.adoptedStyleSheets.pop();
  // Pure decoration may be faint.
  for (const svg of document.querySelectorAll("svg:not([aria-hidden=true])")) {
    found.wrong.push(...(svg.checkVisibility() ? drawn(svg) : []));
  }
  return found;
}

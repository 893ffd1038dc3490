// Text that is lost or in the way of other text, and a page wider than its window, as lines.
() => {
  const found = [];
  const root = /** @type {Element} */ (document.scrollingElement);
  if (root.scrollWidth > root.clientWidth) {
    found.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
  }

  const named = (element) => {
    const name = [element.localName, ...element.classList].join(".");
    const inside = element.parentElement?.closest("[class]");
    return `${inside ? `${[inside.localName, ...inside.classList].join(".")} ` : ""}${name}`;
  };
  const quoted = (text) => `«${text.trim().replace(/\s+/g, " ").slice(0, 50)}»`;
  // Hidden from the eye on purpose, for screen readers: cut away, or a pixel large.
  const isOnlyHeard = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.clipPath.startsWith("inset(50%") || style.clip.startsWith("rect(0px, 0px")) {
        return true;
      }
    }
    return false;
  };
  const meet = (a, b) => ({
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isEmpty = ({ left, right, top, bottom }) => right - left <= 1 || bottom - top <= 1;

  // What of a text's box is in sight, and whether any of it is cut away where no one can scroll.
  const SCROLLS = new Set(["auto", "scroll"]);
  const inSight = (box, element) => {
    let sight = box;
    let isCut = false;
    for (let e = element; e && e !== document.documentElement; e = e.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(e);
      if (overflowX !== "visible" || overflowY !== "visible") {
        const edge = e.getBoundingClientRect();
        const across = { ...sight, left: edge.left, right: edge.right };
        const down = { ...sight, top: edge.top, bottom: edge.bottom };
        if (overflowX !== "visible") {
          isCut ||= !SCROLLS.has(overflowX) &&
            (sight.left < edge.left - 1 || sight.right > edge.right + 1);
          sight = meet(sight, across);
        }
        if (overflowY !== "visible") {
          isCut ||= !SCROLLS.has(overflowY) &&
            (sight.top < edge.top - 2 || sight.bottom > edge.bottom + 2);
          sight = meet(sight, down);
        }
      }
      if (position === "fixed") {
        break;
      }
    }
    return { sight, isCut };
  };

  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const heard = new Map();
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    const element = /** @type {Element} */ (node.parentElement);
    if (!node.data.trim() || element.closest("script, noscript, option, title, template")) {
      continue;
    }
    if (!heard.has(element)) {
      heard.set(element, !element.checkVisibility({ visibilityProperty: true }) || isOnlyHeard(element));
    }
    if (heard.get(element)) {
      continue;
    }
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1) {
        continue;
      }
      // The box of a line holds room above and below its letters.
      const room = box.height * 0.2;
      const letters = { left: box.left, right: box.right, top: box.top + room, bottom: box.bottom - room };
      const { sight, isCut } = inSight(letters, element);
      if (isCut) {
        found.push(`cut: ${quoted(node.data)} in ${named(element)}`);
      }
      if (!isEmpty(sight)) {
        lines.push({ node, element, sight, top: sight.top });
        if (sight.right > root.clientWidth + 1 || sight.left < -1) {
          found.push(`beside the window: ${quoted(node.data)} in ${named(element)}`);
        }
      }
    }
  }

  lines.sort((a, b) => a.top - b.top);
  lines.forEach((line, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < line.sight.bottom; next += 1) {
      const other = lines[next];
      if (other.node !== line.node && !isEmpty(meet(line.sight, other.sight))) {
        found.push(
          `on each other: ${quoted(line.node.data)} in ${named(line.element)} and ` +
            `${quoted(other.node.data)} in ${named(other.element)}`,
        );
      }
    }
  });

  // What is written in a control has no text of its own in the page.
  const canvas = document.createElement("canvas");
  /** @type {any} */
  const pen = canvas.getContext("2d");
  /** @type {NodeListOf<any>} */
  const controls = document.querySelectorAll("input, select, button");
  for (const control of controls) {
    if (!control.checkVisibility({ visibilityProperty: true })) {
      continue;
    }
    const style = getComputedStyle(control);
    let needs = control.scrollWidth;
    if (control.localName === "select") {
      pen.font = style.font;
      pen.letterSpacing = style.letterSpacing;
      needs = pen.measureText(control.selectedOptions[0]?.label ?? "").width +
        Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
    }
    if (needs > control.clientWidth + 1) {
      found.push(`cut: ${quoted(control.value || control.textContent)} in ${named(control)}`);
    }
  }
  return [...new Set(found)];
}

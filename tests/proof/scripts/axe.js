// What axe finds wrong in the page as it is now, and what it cannot decide, as lines of text.
async () => {
  const told = (results) =>
    results.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const why = [...any, ...all, ...none].map(({ message }) => message).join(" / ");
        return `${id} at ${target.flat().join(" ")}: ${why}`;
      }),
    );

  // Text on a gradient, which axe leaves undecided, is looked at on each of the gradient's colours.
  const gradients = [...document.querySelectorAll("body *")]
    .map((element) => [element, getComputedStyle(element).backgroundImage])
    .filter(([element, image]) => image.includes("gradient") && element.checkVisibility())
    .map(([element, image]) => [element, image.match(/[a-z]+\([\d.\s,/%]+\)/g)])
    .map(([element, colours]) => [element, [...new Set(colours)].filter((c) => !c.endsWith(", 0)"))]);
  const paint = (nth) => {
    for (const [element, colours] of gradients) {
      element.style.background = colours[nth % colours.length];
    }
  };

  // Nor does axe judge drawings: their text needs 4.5 against what is drawn below it, and their
  // shapes 3 against the page, by what fills them or by their outline.
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = rgba(colour)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const isSeen = (colour) => colour !== "none" && rgba(colour)[3] === 255;
  const pageBehind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return isSeen(backgroundColor) || !element.parentElement
      ? backgroundColor
      : pageBehind(element.parentElement);
  };
  const touch = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const drawn = (svg) => {
    const page = pageBehind(svg);
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

  paint(0);
  const { violations, incomplete } = await axe.run(document, {
    resultTypes: ["violations", "incomplete"],
    elementRef: true,
    // The one rule of WCAG 2.2 that axe has, and leaves out unless it is asked for.
    rules: { "target-size": { enabled: true } },
  });
  const undecided = incomplete.map((result) => ({
    ...result,
    nodes: result.nodes.filter((node) => result.id !== "color-contrast" || !isDrawn(node)),
  }));
  // Pure decoration may be faint.
  const charts = [...document.querySelectorAll("svg:not([aria-hidden=true])")].filter((svg) =>
    svg.checkVisibility(),
  );
  const found = {
    wrong: [...told(violations), ...charts.flatMap(drawn)],
    undecided: told(undecided),
  };
  const most = Math.max(0, ...gradients.map(([, colours]) => colours.length));
  for (let nth = 1; nth < most; nth += 1) {
    paint(nth);
    const again = await axe.run(
      gradients.map(([element]) => element),
      { runOnly: { type: "rule", values: ["color-contrast"] } },
    );
    found.wrong.push(...told(again.violations));
    found.undecided.push(...told(again.incomplete));
  }
  for (const [element] of gradients) {
    element.style.background = "";
  }
  return found;
}

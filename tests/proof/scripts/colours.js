// Colours as they are on the screen, and how far they stand out from each other (WCAG 2.2).
globalThis.colours = (() => {
  const canvas = document.createElement("canvas");
  /** @type {any} */
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  /** Red, green, blue and opacity, each of 255, however the colour is written. */
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
  /** The colour that an element stands on. */
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const { backgroundColor } = getComputedStyle(e);
      if (isSeen(backgroundColor)) {
        return backgroundColor;
      }
    }
    return "Canvas";
  };
  return { contrast, ground, isSeen };
})();

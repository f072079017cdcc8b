/** A text area as high as its text, up to what its style allows. */

export function autosize(area) {
  const fit = () => {
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${area.scrollHeight + 2}px`);
  };
  area.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return fit;
}

/** Light, dark, or as the system says. */

const KEY = "sandbox.theme";

export const THEMES = [["system", "As the system", "window"], ["light", "Light", "sun"], ["dark", "Dark", "moon"]];

export const currentTheme = () => localStorage.getItem(KEY) ?? "system";

export function applyTheme() {
  const theme = currentTheme();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function setTheme(theme) {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

export function followSystem() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  applyTheme();
}

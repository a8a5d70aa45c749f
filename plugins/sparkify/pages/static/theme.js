// The theme that Airflow shows, known before the first paint: the one script that runs before the page is drawn.
window.airflowTheme = () => {
  const outer = window.parent === window ? null : window.parent.document.documentElement.classList;
  if (outer?.contains("dark")) return "dark";
  if (outer?.contains("light")) return "light";
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
};
document.documentElement.dataset.theme = window.airflowTheme();

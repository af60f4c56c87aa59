// The budget page: links marked `data-window` open in the Applied Actuals window instead of leaving the page,
// and the search field above the table hides rows whose cost code does not fit.
(() => {
  const dialog = document.getElementById("actuals-dialog");
  if (!dialog) return;

  function show(url) {
    // An open window that somebody closes while an answer is on its way stays closed.
    const opens = !dialog.open;
    htmx.ajax("GET", url, { target: "#actuals-window", swap: "innerHTML" }).then(() => {
      if (opens && !dialog.open) dialog.showModal();
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-window]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.href);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-window]");
    if (!form) return;
    event.preventDefault();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    show(`${form.action}?${query}`);
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-filter-rows]")) return;
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const body of document.querySelectorAll(`[data-rows="${event.target.dataset.filterRows}"]`)) {
      let shown = 0;
      for (const row of body.querySelectorAll("[data-row]")) {
        const text = row.querySelector("th").textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      body.hidden = shown === 0;
    }
  });
})();

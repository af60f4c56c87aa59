// The grid: "Tick all" ticks this page, and what is ticked is counted beside the button. Without script the boxes work alone;
// the page that asks says the numbers either way.
(() => {
  function boxes(form) {
    return [...form.querySelectorAll("input[name=shift]")];
  }

  function showCount(form) {
    const ticked = boxes(form).filter((box) => box.checked);
    const seconds = ticked.reduce((sum, box) => sum + Number(box.dataset.seconds), 0);
    const hours = (seconds / 3600).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    form.querySelector("[data-ticked]").textContent = `${ticked.length} ticked, ${hours} hours`;
    form.querySelector("[data-approve-ticked]").disabled = ticked.length === 0;
    const all = form.querySelector("[data-tick-all]");
    all.checked = ticked.length > 0 && ticked.length === boxes(form).length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }

  function showAll() {
    for (const form of document.querySelectorAll("form[data-ticks]")) {
      form.querySelector("[data-tick-all-label]").hidden = false;
      showCount(form);
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ticks]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) {
      for (const box of boxes(form)) box.checked = event.target.checked;
    }
    showCount(form);
  });
  // Leaving the search field is a "change" too; what was typed has been searched for by then, and a second look would
  // take away what was ticked meanwhile.
  document.addEventListener("change", (event) => {
    if (event.target.matches(".time-filter input[type=search]")) event.stopPropagation();
  }, true);
  document.addEventListener("htmx:afterSettle", showAll);
  window.addEventListener("pageshow", showAll);
  showAll();
})();

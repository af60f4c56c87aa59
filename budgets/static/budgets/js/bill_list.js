// Ticking bills to approve: one tick for all of the page, and the button says how many are ticked. Without script the
// ticks and the button work as they are.
(() => {
  function ticks(form) {
    return [...form.elements].filter((each) => each.name === "bill");
  }

  function show(form) {
    const count = ticks(form).filter((each) => each.checked).length;
    const button = form.querySelector("[data-tick-words]");
    const all = form.querySelector("[data-tick-all]");
    button.dataset.plain ??= button.textContent;
    const words = button.dataset.tickWords.replace("#", count);
    button.textContent = count ? `${words}${count === 1 ? "" : "s"}` : button.dataset.plain;
    all.checked = count > 0 && count === ticks(form).length;
    all.indeterminate = count > 0 && !all.checked;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.id !== "approve-many") return;
    if (event.target.matches("[data-tick-all]")) {
      for (const each of ticks(form)) each.checked = event.target.checked;
    }
    show(form);
  });

  // Coming back with the Back button keeps the ticks.
  window.addEventListener("pageshow", () => {
    const form = document.getElementById("approve-many");
    if (form) show(form);
  });
})();

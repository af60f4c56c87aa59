// A tick box with `data-tick-all="NAME"` ticks or unticks all boxes of that name in its form.
(() => {
  const all = (box) => [...box.form.querySelectorAll(`input[type=checkbox][name="${box.dataset.tickAll}"]`)];

  function tickAll(box) {
    for (const other of all(box)) other.checked = box.checked;
  }

  function showState(box) {
    const boxes = all(box);
    const ticked = boxes.filter((other) => other.checked).length;
    box.checked = boxes.length > 0 && ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  function showStates() {
    for (const box of document.querySelectorAll("[data-tick-all]")) showState(box);
  }

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-tick-all]");
    if (box) tickAll(box);
    showStates();
  });
  document.addEventListener("htmx:afterSettle", showStates);
  // No page is sent with such a box ticked: someone pressed it before this script ran, and meant it.
  for (const box of document.querySelectorAll("[data-tick-all]:checked")) tickAll(box);
  showStates();
})();

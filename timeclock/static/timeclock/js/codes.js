// `<select data-codes-of="<id>">` chooses a project; the other select then offers only the codes whose
// `data-projects` names it. Without script all are offered, and the server says which do not fit.
(() => {
  const whole = new WeakMap(); // every option a select came with

  function narrow(project) {
    const codes = document.getElementById(project.dataset.codesOf);
    if (!codes) return;
    if (!whole.has(codes)) whole.set(codes, [...codes.options]);
    const chosen = codes.value;
    const fitting = whole.get(codes).filter((option) => {
      const projects = option.dataset.projects;
      return projects === undefined || projects.split(" ").includes(project.value);
    });
    codes.replaceChildren(...fitting);
    codes.value = fitting.some((option) => option.value === chosen) ? chosen : "";
  }

  function narrowAll() {
    for (const project of document.querySelectorAll("select[data-codes-of]")) narrow(project);
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-codes-of]")) narrow(event.target);
  });
  document.addEventListener("clock:drawn", narrowAll);
  narrowAll();
})();

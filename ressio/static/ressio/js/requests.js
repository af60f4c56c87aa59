// When a fragment cannot be fetched, say so: silence would look like "nothing happened".
(() => {
  const toast = document.getElementById("requests-failed");
  let timer;

  function say(words) {
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { toast.hidden = true; }, 10000);
  }

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 403) say("You may not do this. If you were signed out, reload the page.");
    else if (status === 404) say("This is no longer there. Reload the page to see what is.");
    else say(`That did not work (error ${status}). Reload the page to see where things stand, then try again.`);
  });
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Check the connection and try again."));
  document.addEventListener("htmx:timeout", () => say("The server took too long to answer. Please try again."));
})();

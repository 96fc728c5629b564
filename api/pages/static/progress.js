"use strict";
/* Follows an import as it goes, and shows its result when it has ended. The page can be loaded again by hand instead. */

const box = document.getElementById("progress");
const bar = box.querySelector("progress");
const file = box.querySelector("[data-file]");

const show = ({ stage, file: name, done, of }) => {
  for (const word of box.querySelectorAll("[data-stage]")) word.hidden = word.dataset.stage !== stage;
  file.textContent = name;
  if (of > 0) {
    bar.max = of;
    bar.value = done;
  }
};

const events = new EventSource(box.dataset.events);
events.addEventListener("progress", (event) => show(JSON.parse(event.data)));
for (const end of ["done", "failed", "interrupted"]) {
  events.addEventListener(end, () => {
    events.close();
    location.reload();
  });
}

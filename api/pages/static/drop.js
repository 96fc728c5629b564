"use strict";
/* Importing in comfort: files can be dropped on the form, what was chosen is listed, and it is sent once.
   The form works without it. */

const form = document.getElementById("drop");
const field = form.querySelector("input[type=file]");
const chosen = form.querySelector("[data-chosen]");

const list = () => {
  chosen.replaceChildren(
    ...Array.from(field.files, (file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1000))} kB`;
      return line;
    }),
  );
  chosen.hidden = field.files.length === 0;
};

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.remove("over");
  });
}
form.addEventListener("drop", (event) => {
  field.files = event.dataTransfer.files;
  list();
});
field.addEventListener("change", list);
form.addEventListener("submit", () => {
  form.querySelector("button").disabled = true;
  form.querySelector("[data-working]").hidden = false;
});

// Another stretch of a day at once, and what ends on the next day says so while one types.
const form = document.querySelector(".hours-form");

for (const button of form.querySelectorAll(".more-stretches")) {
  const hidden = () => button.parentElement.querySelector(".stretch[hidden]");
  for (const stretch of button.parentElement.querySelectorAll(".stretch")) {
    const inputs = [...stretch.querySelectorAll("input")];
    stretch.hidden = inputs.every((input) => !input.value && !input.ariaInvalid);
  }
  button.hidden = !hidden();
  button.addEventListener("click", () => {
    const stretch = hidden();
    stretch.hidden = false;
    stretch.querySelector("input").focus();
    button.hidden = !hidden();
  });
}

form.addEventListener("input", ({ target }) => {
  const stretch = target.closest(".stretch");
  const [begin, end] = [...stretch.querySelectorAll("input")].map((input) => input.value);
  const nextDay = begin && end && end <= begin;
  let text = "";
  if (nextDay && end !== "00:00") text = form.dataset.next.replace("{}", end);
  else if (nextDay && begin === end) text = form.dataset.whole;
  stretch.querySelector("output").textContent = text;
});

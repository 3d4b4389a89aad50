// Fills "where" with the place that the device is in, when asked to.
const button = document.querySelector(".locate");
const where = document.getElementById("onde");

button.hidden = !("geolocation" in navigator);
button.addEventListener("click", async () => {
  button.ariaBusy = true;
  try {
    where.value = await nearest(await position());
    where.dispatchEvent(new Event("change", { bubbles: true }));
  } catch {
    where.setCustomValidity(button.dataset.denied);
    where.reportValidity();
  }
  button.ariaBusy = null;
  where.focus();
});
where.addEventListener("input", () => where.setCustomValidity(""));

function position() {
  return new Promise((found, failed) =>
    navigator.geolocation.getCurrentPosition(found, failed, { timeout: 10_000, maximumAge: 600_000 })
  );
}

// To a hundredth of a degree, about a kilometre: nobody needs to know the house.
async function nearest({ coords }) {
  const query = new URLSearchParams({
    latitude: coords.latitude.toFixed(2),
    longitude: coords.longitude.toFixed(2),
  });
  const answer = await fetch(`/lugares/perto?${query}`);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

// The button that searches where the device is; what it takes for that comes when it is pressed.
const button = document.querySelector(".locate");

button.hidden = !("geolocation" in navigator);
button.addEventListener("click", async () => (await import(button.dataset.script)).locate(button));

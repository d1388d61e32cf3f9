/** Lets people see the password they type; pasting and password managers work as everywhere. */

for (const input of document.querySelectorAll('input[type="password"]')) {
  const frame = document.createElement("div");
  const button = document.createElement("button");
  frame.className = "reveal";
  button.type = "button";
  button.className = "reveal__button";
  button.setAttribute("aria-pressed", "false");
  button.textContent = "Show";
  button.setAttribute("aria-label", "Show password");
  button.addEventListener("click", () => {
    const reveal = input.type === "password";
    input.type = reveal ? "text" : "password";
    button.textContent = reveal ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(reveal));
  });
  input.replaceWith(frame);
  frame.append(input, button);
}

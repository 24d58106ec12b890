// Say with a form how long its page was open: what is sent at once was hardly typed.

const field = document.querySelector('#contact [name="seconds"]');
const before = Number(field?.value); // the form came back with an error

field?.form.addEventListener("submit", () => {
  field.value = before + performance.now() / 1000;
});

const form = document.querySelector('form');

// A real form needs none of this: it is sent with the text as the field “report”. This one only shows it.
form.addEventListener('submit', (event) => {
  event.preventDefault();
  form.querySelector('output').value = `report = ${new FormData(form).get('report')}`;
});

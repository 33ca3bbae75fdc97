const film = document.querySelector('video');

document.querySelector('input').addEventListener('change', ({ target }) => {
  URL.revokeObjectURL(film.src);
  film.src = URL.createObjectURL(target.files[0]);
});

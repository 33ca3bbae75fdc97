const query = document.querySelector('input');
const voice = document.querySelector('sotto-transcriber');
const wordsOf = (text) => text.toLowerCase().match(/\p{L}+/gu) ?? [];

// Each search begins with an empty field; the first thing that is said is looked for at once.
voice.addEventListener('statechange', ({ state }) => {
  if (state === 'loading') query.value = '';
});
voice.addEventListener('segment', () => voice.stop());

query.addEventListener('input', () => {
  const wanted = wordsOf(query.value);
  for (const line of document.querySelectorAll('li')) {
    line.hidden = wanted.length > 0 && !wanted.some((word) => wordsOf(line.textContent).includes(word));
  }
});

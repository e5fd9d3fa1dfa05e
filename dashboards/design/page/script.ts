/** The page's only script. Without it everything is there but the notes and rings on the map. */

/** JSON that no text in it can end early: `</script>` and `<!--` begin with a character that it does not hold. */
export const embedded = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');

export const SCRIPT = `'use strict';
(() => {
  const notes = JSON.parse(document.getElementById('notes').textContent);
  const pages = document.querySelectorAll('.page[lang]');
  const all = (page, name) => page.querySelectorAll('.map [data-name="' + name + '"]');
  for (const page of pages) {
    const effect = page.querySelector('.effect');
    const known = notes[page.lang];
    let kept;
    const show = name => {
      for (const each of page.querySelectorAll('.ringed, .picked')) each.classList.remove('ringed', 'picked');
      const note = name === undefined ? undefined : known[name];
      effect.replaceChildren();
      if (note === undefined) return;
      const title = document.createElement('b');
      title.textContent = note.called;
      effect.append(title);
      for (const text of note.sentences) {
        const line = document.createElement('p');
        line.textContent = text;
        effect.append(line);
      }
      for (const each of all(page, name)) each.classList.add('picked');
      for (const ring of note.rings) for (const each of all(page, ring)) each.classList.add('ringed');
    };
    const nameAt = event => event.target.closest('[data-name]')?.dataset.name;
    const map = page.querySelector('.map');
    map.addEventListener('mouseover', event => { if (kept === undefined) show(nameAt(event)); });
    map.addEventListener('mouseleave', () => show(kept));
    map.addEventListener('click', event => { kept = nameAt(event); show(kept); });
    page.addEventListener('click', event => {
      const link = event.target.closest('[data-show]');
      if (link !== null) { kept = link.dataset.show; show(kept); }
    });
  }
  const tellLanguage = () => {
    document.documentElement.lang = document.getElementById('language-en').checked ? 'en' : 'vi';
  };
  for (const choice of document.querySelectorAll('input[name=language]')) choice.addEventListener('change', tellLanguage);
  if (location.hash === '#en' || location.hash.endsWith('-en')) document.getElementById('language-en').checked = true;
  tellLanguage();
  document.documentElement.classList.add('ready');
})();
`;

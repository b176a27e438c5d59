// The language switcher leads to the same page and the same anchor in the other language.
//
// Every language is a site of its own below one root, with the same pages. Instant navigation
// keeps the header, so the address is worked out when the reader clicks, not when the page loads.
// Without this script the switcher leads to the home page of the language.
const { base } = JSON.parse(document.getElementById("__config").textContent);
const ownRoot = new URL(`${base}/`, location.href);

document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element && event.target.closest("a.md-select__link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    if (!location.href.startsWith(ownRoot.href)) return;
    const place = location.pathname.slice(ownRoot.pathname.length) + location.hash;
    event.preventDefault();
    event.stopPropagation();
    location.assign(new URL(`../${link.hreflang}/${place}`, ownRoot));
  },
  { capture: true },
);

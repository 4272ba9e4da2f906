// What the book's pages do in a browser: searching, folding the contents on small screens, and the
// switch between light and dark. Without scripts all text and all links are there.

"use strict";

const FOUND_MAX = 30;
const SNIPPET_BEFORE = 40;
const SNIPPET_LENGTH = 160;

// --- folding -------------------------------------------------------------------------------------

/** Keeps a part open where there is room for it beside the text, and folds it elsewhere. */
function foldBelow(selector, width) {
    const part = document.querySelector(selector);
    if (!part) {
        return;
    }
    const room = window.matchMedia(`(min-width: ${width}px)`);
    const follow = () => { part.open = room.matches; };
    room.addEventListener("change", follow);
    follow();
}

// --- searching -----------------------------------------------------------------------------------

/** How well a row fits all the words; 0 when one of them is missing. */
function score(row, words) {
    const [title, page, , text] = row.map(part => part.toLowerCase());
    let sum = title === words.join(" ") ? 100 : 0;
    for (const word of words) {
        if (title === word || title === `${word}()`) {
            sum += 100;
        } else if (title.startsWith(word)) {
            sum += 50;
        } else if (title.includes(word)) {
            sum += 30;
        } else if (page.includes(word)) {
            sum += 10;
        } else if (text.includes(word)) {
            sum += 3;
        } else {
            return 0;
        }
    }
    return sum;
}

/** The rows that fit, best first; rows that fit equally keep the book's order. */
function search(query) {
    const words = query.toLowerCase().split(/\s+/).filter(word => word);
    if (words.length === 0) {
        return [];
    }
    return searchIndex.map(row => ({ row, fits: score(row, words) }))
        .filter(found => found.fits > 0)
        .sort((a, b) => b.fits - a.fits)
        .map(found => found.row);
}

/** The piece of the text around the first word that is in it. */
function snippet(text, query) {
    const lower = text.toLowerCase();
    const places = query.toLowerCase().split(/\s+/).filter(word => word)
        .map(word => lower.indexOf(word)).filter(place => place >= 0);
    const start = Math.max(0, Math.min(...places, text.length) - SNIPPET_BEFORE);
    if (places.length === 0) {
        return text.slice(0, SNIPPET_LENGTH);
    }
    return (start > 0 ? "…" : "") + text.slice(start, start + SNIPPET_LENGTH);
}

function element(kind, className, text) {
    const made = document.createElement(kind);
    made.className = className;
    made.textContent = text;
    return made;
}

function show(list, query) {
    list.replaceChildren();
    list.hidden = query.trim() === "";
    if (list.hidden) {
        return;
    }
    const found = search(query);
    for (const [title, page, place, text] of found.slice(0, FOUND_MAX)) {
        const link = element("a", "found", "");
        link.href = place;
        link.append(element("b", "", title));
        if (page) {
            link.append(element("span", "page", page));
        }
        link.append(element("span", "text", snippet(text, query)));
        list.append(link);
    }
    const more = found.length - FOUND_MAX;
    if (found.length === 0) {
        list.append(element("p", "", "Nothing found."));
    } else if (more > 0) {
        list.append(element("p", "", `${more} more: add a word.`));
    }
}

/** Runs `then` once the index is there. It is read at the first search, not with every page. */
function withIndex(then) {
    if (typeof searchIndex !== "undefined") {
        then();
        return;
    }
    let script = document.getElementById("search-index");
    if (!script) {
        script = document.createElement("script");
        script.id = "search-index";
        script.src = "search-index.js";
        document.head.append(script);
    }
    script.addEventListener("load", then);
}

/** Moves the focus by one in the list of what was found; before its first is the box. */
function step(box, list, by) {
    const links = [box, ...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + by, 0), links.length - 1)].focus();
}

function setUpSearch() {
    const area = document.getElementById("search");
    const box = document.getElementById("search-words");
    const list = document.getElementById("search-found");
    const update = () => withIndex(() => show(list, box.value));
    box.addEventListener("input", update);
    box.addEventListener("focus", () => box.value && update());
    area.addEventListener("keydown", event => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            step(box, list, event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Escape") {
            list.hidden = true;
            box.blur();
        } else if (event.key === "Enter" && document.activeElement === box) {
            list.querySelector("a")?.click();
        }
    });
    list.addEventListener("click", event => {
        list.hidden = event.target.closest("a") !== null;
    });
    document.addEventListener("click", event => {
        list.hidden = list.hidden || !area.contains(event.target);
    });
    document.addEventListener("keydown", event => {
        if (event.key === "/" && !event.target.closest("input")) {
            event.preventDefault();
            box.focus();
        }
    });
}

// --- light and dark ------------------------------------------------------------------------------

function setUpToggle() {
    const toggle = document.querySelector("doxygen-awesome-dark-mode-toggle");
    const update = () => toggle.updateIcon();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
    document.addEventListener("visibilitychange", update);
    toggle.addEventListener("keydown", event => {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            toggle.toggleDarkMode();
        }
    });
    update();
}

// The widths are those of style.css.
foldBelow(".sidebar", 900);
foldBelow(".on-this-page", 1250);
setUpSearch();
setUpToggle();
document.querySelector(".sidebar [aria-current]")?.scrollIntoView({ block: "nearest" });

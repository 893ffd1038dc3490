// Shows what holds when the page is read, in Norwegian time, whenever it was built: which status a
// scheme has, which deadline is next, how many days are left. The page has all that may hold one
// day, each with the time it holds for (data-from, data-until); nothing is worked out here.

const NORWAY = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Oslo",
  dateStyle: "short",
  timeStyle: "short",
});
const DEPENDENT = "[data-from], [data-until], [data-days-until]";
const A_MINUTE = 60_000;

// Milliseconds that this machine's clock is behind the server's.
let behind = 0;

/** Show what holds now. Tells the document, by the event "now". */
function show() {
  const time = Math.max(Date.now() + behind, publishedAt());
  const now = NORWAY.format(time).replace(" ", "T");
  for (const element of document.querySelectorAll("[data-from], [data-until]")) {
    const { from = "", until = "" } = element.dataset;
    element.hidden = now < from || now.slice(0, until.length) > until;
  }
  for (const element of document.querySelectorAll("[data-days-until]")) {
    const { daysUntil, textToday, textOne, textMany } = element.dataset;
    const days = dayNumber(daysUntil) - dayNumber(now);
    element.textContent = [textToday, textOne][days] ?? textMany.replace("#", days);
    element.hidden = days < 0;
  }
  document.dispatchEvent(new Event("now"));
}

const dayNumber = (moment) => Date.parse(moment.slice(0, 10)) / (24 * 60 * A_MINUTE);

/** No page is read before it was published; browsers say now where the server has not said when. */
const publishedAt = () => Date.parse(document.lastModified) || 0;

/** Ask the site's own server what time it is: this machine's clock may be wrong. */
async function compareClocks() {
  const { headers } = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
  // Without a date, NaN.
  const time = Date.parse(/** @type {string} */ (headers.get("Date")));
  if (time) {
    behind = time + Number(headers.get("Age")) * 1000 - Date.now();
    show();
  }
}

if (document.querySelector(DEPENDENT)) {
  show();
  setInterval(show, A_MINUTE);
  if (navigator.onLine) {
    // Without an answer, this machine's clock is the best there is.
    compareClocks().catch(() => {});
  }
}

// Texts that would do something if they were taken for more than text: ways out of the place that a text stands in, times
// things to do there. For every field that is ever shown.
const ways = [
  "", "'", "\"", "'>", "\">", "'/>", "`>", "--><!--", "-->", "]]>", "</title>", "</textarea>", "</select>", "</option>",
  "</style>", "</script>", "</noscript>", "</svg>", "</bdi></h3>", "</a>",
];
const deeds = [
  "<script>alert(1)</script>",
  "<ScRiPt/x>alert(1)</ScRiPt>",
  "<script src=data:text/javascript,alert(1)></script>",
  "<script type=module>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<img/src=x/onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  "<math><mtext></p><img src=x onerror=alert(1)>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "<details open ontoggle=alert(1)>",
  "<body onload=alert(1)>",
  "<video><source onerror=alert(1)></video>",
  "<input autofocus onfocus=alert(1)>",
  "<style>@import 'http://127.0.0.2/x.css';</style>",
];
const others = [
  " onmouseover=alert(1) x=", " onfocus=alert(1) autofocus ", "' autofocus onfocus='alert(1)", "\" autofocus onfocus=\"alert(1)",
  "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#9;script:alert(1)", "data:text/html,<script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "&#x3c;script>alert(1)</script>",
  "%3Cscript%3Ealert(1)%3C/script%3E", "＜script＞alert(1)＜/script＞", "\u202e<script>alert(1)</script>", "\u2028alert(1)\u2029",
  "<base href=//127.0.0.2/>", "<meta http-equiv=refresh content='0;url=//127.0.0.2'>", "<form action=//127.0.0.2><input name=x>",
  "<link rel=stylesheet href=//127.0.0.2/x.css>", "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
  "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "<%= alert(1) %>", "{cost} {typed} {country}", "\\u003cscript>alert(1)",
];

export const corpus = [...ways.flatMap((way) => deeds.map((deed) => way + deed)), ...others];

// What happens when each page's HTML is read by a browser without any policy: alerts, and what reaches for elsewhere. Pages
// are written into frames, many at a time.
export async function whatHappens(page, documents) {
  const seen = [];
  const request = (r) => /127\.0\.0\.2|^data:text\/javascript/.test(r.url()) && seen.push(`request ${r.url()}`);

  page.on("request", request);
  await page.setContent("<!doctype html><title>frames</title>");
  for (let at = 0; at < documents.length; at += 40)
    seen.push(...await page.evaluate(async (some) => {
      const told = [];
      for (const [what, html] of some) {
        const frame = document.createElement("iframe");
        document.body.append(frame);
        frame.contentWindow.alert = () => told.push(`alert by ${what}`);
        frame.contentDocument.open();
        frame.contentDocument.write(html);
        frame.contentDocument.close();
        const scripts = frame.contentDocument.querySelectorAll("script, iframe, base, meta[http-equiv], math, video, img, style");
        if (scripts.length > 0) told.push(`${scripts[0].outerHTML} by ${what}`);
        for (const element of frame.contentDocument.querySelectorAll("*"))
          for (const name of element.getAttributeNames()) if (name.startsWith("on")) told.push(`${name} by ${what}`);
      }
      await new Promise((done) => setTimeout(done, 50));
      document.body.replaceChildren();
      return told;
    }, documents.slice(at, at + 40)));
  page.off("request", request);
  return seen;
}

// Without what the page itself fetches: only the text is looked at.
export const bare = (html) => html.replace(/<link[^>]*>|<script src='\/assets\/[^']*' defer><\/script>/g, "");

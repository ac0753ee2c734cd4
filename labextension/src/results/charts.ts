// Charts that come as data: plotly's figures, and the specifications of Vega and Vega-Lite. Each is drawn in a
// sandboxed frame of its own, by the library that is shipped beside the page. The frame has no origin and no
// network, and cannot even load that library: the page hands its text in, and the browser compiles it once for
// all frames.

import { chartHeight, libraryOf } from "./chart_types";
import type { MimeBundle, Rendered } from "./mime";
import { once } from "./once";
import { lineBlock } from "./parts/text";
import { chartColors, plotlyLook, type PlotlyLook } from "./plotly_look";
import { sandboxed } from "./sandbox";
import { isDark, onTheme } from "./theme";

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; " +
  "img-src data: blob:; font-src data:; connect-src data: blob:; worker-src blob:; " +
  "form-action 'none'; base-uri 'none'";

const DRAWING = `const colors = ${JSON.stringify(chartColors)};
(${draw.toString()})((${plotlyLook.toString()})(colors), colors)`;

/// What draws charts with the libraries below `staticUrl`, the absolute address of the page's static files.
export function chartRenderer(staticUrl: string): (mimeType: string, data: MimeBundle) => Rendered {
  const texts = {
    plotly: once(() => fetchText(new URL("charts/plotly.js", staticUrl))),
    vega: once(() => fetchText(new URL("charts/vega.js", staticUrl))),
  };
  return (mimeType, data) => {
    const library = libraryOf(mimeType)!;
    const spec = data[mimeType];
    const made = sandboxed(`<div id="chart"></div><script>{${DRAWING}}</script>`, {
      head: `<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<style>html{overflow:hidden}#chart{width:100%;overflow:auto hidden}#chart>details{right:0!important}#chart:has(>details[open]){min-height:130px}</style>`,
      isFilled: true,
      onMessage(said) {
        if (said.rditReady === true) void fill();
        if (said.rditRefused !== undefined) made.say(refusal(String(said.rditRefused)));
      },
    });
    const { dom, frame } = made;
    frame.classList.add("rdit-chart");
    frame.dataset.library = library;
    const height = chartHeight(data);
    if (height !== null) frame.style.height = `${height}px`;
    const post = (message: object) => frame.contentWindow?.postMessage(message, "*");
    const fill = async () => {
      try {
        const text = await texts[library]();
        post({ library, text, spec, isDark: isDark() });
      } catch (error) {
        console.warn(`rdit: ${library} could not be loaded.`, error);
        frame.remove();
        dom.append(
          lineBlock("What draws this chart could not be loaded: run it again to try again."),
        );
      }
    };
    const stop = onTheme(() => {
      frame.style.colorScheme = isDark() ? "dark" : "light";
      post({ isDark: isDark() });
    });
    return {
      dom,
      dispose() {
        stop();
        made.dispose();
      },
    };
  };
}

const refusal = (address: string) =>
  `${address.slice(0, 200)} was not loaded: charts reach no network here. ` +
  "Read the data in Python, and draw it from there.";

async function fetchText(url: URL): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

// Runs inside the frame. It is serialized with toString, so it must not refer to anything outside.
function draw(look: PlotlyLook, colors: typeof chartColors): void {
  interface Libraries {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    [name: string]: any;
  }
  type Tree = Record<string, unknown>;
  const libraries = window as unknown as Libraries;
  const place = document.getElementById("chart")!;
  let library = "";
  let spec: Tree = {};
  // What vega-embed has drawn.
  let embedded: Libraries | null = null;
  const ink = (isDark: boolean) => (isDark ? colors.ink.dark : colors.ink.light);
  const faint = (isDark: boolean) => (isDark ? colors.faint.dark : colors.faint.light);

  const drawPlotly = async (isDark: boolean) => {
    const { data, layout = {}, config = {}, frames } = spec as { [part: string]: Tree };
    const { template } = layout;
    const height = layout.height ?? innerHeight;
    // It stands as high as it will be, or its frame would be made smaller until it is drawn; or higher, by
    // the scroll bar of a wide one.
    place.style.minHeight = `${height}px`;
    await libraries.Plotly.newPlot(place, {
      data,
      layout: {
        ...layout,
        height,
        template: look.isOpen(template, layout) ? look.themed(template, isDark) : template,
      },
      config: { responsive: true, displaylogo: false, ...config },
      frames,
    });
  };

  const isFilled = (spec: Tree) =>
    /"(rect|arc|image|geoshape)"/.test(
      JSON.stringify(spec, (name, part) => (/^data(sets)?$/.test(name) ? null : part)),
    );

  const drawVega = async (isDark: boolean) => {
    const config = spec.config as Tree | undefined;
    const hasLook = spec.background !== undefined || config?.background !== undefined;
    const colours = {
      background: "transparent",
      title: { color: ink(isDark), subtitleColor: ink(isDark) },
      style: {
        "guide-label": { fill: ink(isDark) },
        "guide-title": { fill: ink(isDark) },
        "group-title": { fill: ink(isDark) },
      },
      axis: { domainColor: "#888", tickColor: "#888", gridColor: faint(isDark) },
      header: { labelColor: ink(isDark), titleColor: ink(isDark) },
      view: { stroke: faint(isDark) },
      // Black by themselves. On what is filled nobody knows which is seen.
      ...(isDark && !isFilled(spec) && { text: { color: ink(true) }, rule: { color: ink(true) } }),
    };
    const loader = libraries.vega.loader();
    const refuse = (address: string) => {
      parent.postMessage({ rditRefused: address }, "*");
      return Promise.reject(new Error(`${address} was not loaded`));
    };
    const { sanitize } = loader;
    loader.load = (address: string, ...options: unknown[]) =>
      /^data:/i.test(address) ? fetch(address).then(answer => answer.text()) : refuse(address);
    // A link goes where it leads, when it is clicked.
    loader.sanitize = (address: string, options: { context?: string } = {}) =>
      options.context === "href" || /^data:/i.test(address)
        ? sanitize.call(loader, address, options)
        : refuse(address);
    // The data of altair's charts may stand beside what is drawn.
    const { usermeta, ...drawn } = spec as { usermeta?: { embedOptions?: Tree } };
    const asked = usermeta?.embedOptions ?? {};
    // Its view listens to the document.
    embedded?.finalize();
    embedded = await libraries.vegaEmbed(place, drawn, {
      renderer: asked.renderer === "svg" ? "svg" : "canvas",
      config: hasLook ? {} : colours,
      loader,
      actions:
        asked.actions === false
          ? false
          : { export: true, source: false, compiled: false, editor: false },
    });
    await embedded!.view.runAsync();
  };

  const show = async (isDark: boolean) => {
    try {
      await (library === "plotly" ? drawPlotly(isDark) : drawVega(isDark));
    } catch (error) {
      parent.postMessage({ rditFault: `This chart cannot be drawn: ${String(error)}` }, "*");
    }
    dispatchEvent(new Event("rdit-drawn"));
  };

  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data.text) {
      ({ library, spec } = data);
      const script = document.createElement("script");
      script.textContent = data.text;
      document.head.append(script);
    }
    document.documentElement.style.colorScheme = data.isDark ? "dark" : "light";
    if (library) void show(data.isDark);
  });
  parent.postMessage({ rditReady: true }, "*");
}

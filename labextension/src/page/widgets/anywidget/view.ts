// A view of an anywidget: its code comes from the kernel and is a stranger, so it runs in a frame without origin and
// network, as scripts of outputs do.

import { DOMWidgetView, type WidgetModel } from "@jupyter-widgets/base";
import { chartColors, plotlyLook } from "../../../results/plotly_look";
import { sandboxed } from "../../../results/sandbox";
import { isDark, onTheme } from "../../../results/theme";
import { themeFigures } from "./figures";
import { runWidget } from "./frame";
import { FrameLink } from "./link";
import { pastOf, sent, type AnyModel } from "./model";

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:; style-src 'unsafe-inline' blob: data:; " +
  "img-src data: blob:; media-src data: blob:; font-src data:; connect-src data: blob:; worker-src blob: data:; " +
  "form-action 'none'; base-uri 'none'";

// `import` stands in the text of the frame, where no bundler rewrites it.
const PAGE = `<div id="widget"></div><script>
(${themeFigures.toString()})((${plotlyLook.toString()})(${JSON.stringify(chartColors)}));
(${runWidget.toString()})(address => import(address))</script>`;

export class AnyView extends DOMWidgetView {
  private end: (() => void) | null = null;

  override render(): void {
    super.render();
    const model = this.model as AnyModel;
    const made = sandboxed(PAGE, {
      head: `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><style>html{overflow-y:hidden}html[data-filled] :is(body,#widget){height:100%}html[data-filled]{height:100vh}</style>`,
      isFilled: true,
      onMessage: said => {
        if (said.rditReady === true) {
          made.unsay();
          post({ isDark: isDark() });
          fill();
          link.start(model.snapshots.size === 0);
        } else if (said.rditAnew === true) made.unsay();
        else if (said.rditEnded === true) leave?.();
        else if (said.rditRefused !== undefined) made.say(refusal(String(said.rditRefused)));
        else if (said.rditImport !== undefined) made.say(refusedImport(String(said.rditImport)));
        else link.receive(said);
      },
    });
    const { dom, frame } = made;
    frame.title = "Widget";
    const post = (message: object) => frame.contentWindow?.postMessage(message, "*");
    const find = async (id: string) => {
      const found = await model.widget_manager.get_model(id);
      if (!found) throw new Error(`There is no widget ${id}.`);
      return found;
    };
    const link = new FrameLink(model, find, post, { pastOf, sent });
    // A layout with a height: all of it is the widget's.
    const fill = () => {
      const isFilling = this.el.style.height !== "";
      this.el.classList.toggle("rdit-filled", isFilling);
      post({ isFilling });
    };
    this.on("layout-changed", () => {
      fill();
      const layout = this.model.get("layout") as WidgetModel;
      this.stopListening(layout);
      this.listenTo(layout, "change", fill);
    });
    const stop = onTheme(() => {
      frame.style.colorScheme = isDark() ? "dark" : "light";
      post({ isDark: isDark() });
    });
    let leave: (() => void) | null = null;
    this.end = () => {
      stop();
      const left = () => {
        link.stop();
        made.dispose();
        frame.remove();
      };
      if (!kept(frame)) return left();
      leave = left;
      setTimeout(left, patience);
      post({ end: true });
    };
    this.el.classList.add("rdit-anywidget");
    this.el.append(dom);
  }

  override remove(): this {
    this.end?.();
    this.end = null;
    return super.remove();
  }
}

/// So long may a widget take to clean up.
const patience = 1_000;

/// Moves a frame out of what will be removed, so that its code can say its last; whether the browser can do that without
/// loading it anew.
function kept(frame: HTMLIFrameElement): boolean {
  const { body } = document as unknown as { body: { moveBefore?(node: Node, next: null): void } };
  if (!frame.isConnected || !body.moveBefore) return false;
  frame.style.cssText = "position: fixed; visibility: hidden; pointer-events: none";
  frame.ariaHidden = "true";
  frame.tabIndex = -1;
  body.moveBefore(frame, null);
  return true;
}

const shortened = (address: string) => address.slice(0, 200);

const refusedImport = (address: string) =>
  `This widget's code imports ${shortened(address)}, which is not loaded: widgets reach no network here. ` +
  "It works with all of its code in one file (esbuild --bundle).";

const refusal = (address: string) =>
  `${shortened(address)} was not loaded: widgets reach no network here. Read it in Python, and hand it over.`;

// How figures of plotly look on a light and on a dark page: on its ground, with its ink. Used where they come as data
// (charts.ts), and where a widget's code draws them (page/widgets/anywidget/figures.ts), within frames.

type Tree = Record<string, unknown>;

/// What the page's look is made of. `clear` is a word that plotly.js itself has for nothing, so that a colour that it
/// tells is known to be of here.
export const chartColors = {
  ink: { dark: "#d4d4d4", light: "#333" },
  faint: { dark: "#4a4a4a", light: "#ddd" },
  clear: "transparent",
  land: { dark: "#333", light: "#eee" },
  lake: { dark: "#222", light: "#fff" },
} as const;

export interface PlotlyLook {
  /// Whether it is the page's to choose: the template is the library's own, or there is none, and neither
  /// ground nor ink is set.
  isOpen(template: unknown, layout: Tree): boolean;
  /// A template in the page's colours, in place of such a one.
  themed(template: unknown, isDark: boolean): Tree;
}

/// It is serialized with toString, so it must not refer to anything outside.
export function plotlyLook({ ink, faint, clear, land, lake }: typeof chartColors): PlotlyLook {
  const layoutOf = (template: unknown) =>
    template
      ? ((template as Tree).layout as Tree | undefined)
      : // Of a figure that is made by hand.
        { paper_bgcolor: "white", plot_bgcolor: "#E5ECF6" };
  const isClear = (color: unknown) =>
    !color || /^(transparent|rgba\(.*,\s*0?\.?0+\s*\))$/.test(String(color));
  return {
    // The library's own template is sent with every figure.
    isOpen(template, layout) {
      const own = layoutOf(template);
      return (
        own?.plot_bgcolor === "#E5ECF6" &&
        own.paper_bgcolor === "white" &&
        isClear(layout.paper_bgcolor) &&
        isClear(layout.plot_bgcolor) &&
        !(layout.font as Tree | undefined)?.color
      );
    },
    themed(template, isDark) {
      const theme = isDark ? "dark" : "light";
      const layout = layoutOf(template)! as Tree;
      const axis = {
        gridcolor: faint[theme],
        linecolor: faint[theme],
        zerolinecolor: faint[theme],
      };
      const wall = { ...axis, backgroundcolor: clear };
      const scene = layout.scene as Tree | undefined;
      const over = (of: Tree | undefined, name: string, change: Tree): Tree => ({
        ...(of?.[name] as Tree),
        ...change,
      });
      return {
        ...(template as Tree | undefined),
        layout: {
          ...layout,
          paper_bgcolor: clear,
          plot_bgcolor: clear,
          font: over(layout, "font", { color: ink[theme] }),
          xaxis: over(layout, "xaxis", axis),
          yaxis: over(layout, "yaxis", axis),
          scene: {
            xaxis: over(scene, "xaxis", wall),
            yaxis: over(scene, "yaxis", wall),
            zaxis: over(scene, "zaxis", wall),
          },
          polar: { bgcolor: clear, angularaxis: axis, radialaxis: axis },
          ternary: { bgcolor: clear, aaxis: axis, baxis: axis, caxis: axis },
          geo: over(layout, "geo", {
            bgcolor: clear,
            landcolor: land[theme],
            lakecolor: lake[theme],
          }),
        },
      };
    },
  };
}

// A prebuilt extension as small as can be: a renderer for one MIME type, written by hand.
"use strict";
(() => {
  let scope;

  const latest = async name => (await Object.values(scope[name])[0].get())();

  async function mimeExtension() {
    const { Widget } = await latest("@lumino/widgets");
    class Greeting extends Widget {
      async renderModel(model) {
        const { to } = model.data["application/vnd.rdit-test.greeting+json"];
        this.addClass("test-greeting");
        this.node.textContent = `Hello, ${to}!`;
      }
    }
    return {
      __esModule: true,
      default: {
        id: "rdit-test-mime:greeting",
        rank: 0,
        rendererFactory: {
          safe: true,
          mimeTypes: ["application/vnd.rdit-test.greeting+json"],
          createRenderer: () => new Greeting(),
        },
      },
    };
  }

  (window._JUPYTERLAB ??= {})["rdit-test-mime"] = {
    init: shared => void (scope = shared),
    get: async () => {
      const module = await mimeExtension();
      return () => module;
    },
  };
})();

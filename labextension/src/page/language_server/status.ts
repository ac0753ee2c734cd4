// What the status bar says of the language server.

export type Health =
  | { readonly is: "starting" | "working" }
  | { readonly is: "waiting" | "failed"; readonly why: string };

/// Its own item of the bar, before the position of the cursor.
export class ServerStatus {
  private readonly dom = document.createElement("span");

  constructor(bar: HTMLElement) {
    this.dom.className = "rdit-status-language-server";
    this.dom.setAttribute("role", "status");
    bar.querySelector(".rdit-status-cursor")?.before(this.dom);
  }

  show(name: string, health: Health | null) {
    const { dom } = this;
    dom.textContent = health ? textOf(name, health) : "";
    dom.dataset.health = health?.is ?? "";
    dom.title = health ? `Language server. ${"why" in health ? health.why : ""}`.trim() : "";
  }

  remove() {
    this.dom.remove();
  }
}

function textOf(name: string, { is }: Health): string {
  switch (is) {
    case "starting":
      return `Starting ${name}…`;
    case "working":
      return name;
    case "waiting":
      return `${name} · waiting`;
    case "failed":
      return `${name} · failed`;
  }
}

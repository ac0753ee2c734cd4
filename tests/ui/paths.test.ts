import { expect, it } from "vitest";
import { contentsPath, isFileAt } from "../../labextension/src/backends/paths";

it.each([
  ["/home/ada/a.py", "/home/ada", "a.py"],
  ["/home/ada/sub/a.py", "/home/ada/", "sub/a.py"],
  ["/home/ada/a.py", "/", "home/ada/a.py"],
  ["/home/adam/a.py", "/home/ada", null],
  ["/usr/lib/a.py", "/home/ada", null],
  ["/home/ada", "/home/ada", null],
  ["<string>", "/", null],
  ["/home/ada/a.py", "", null],
  ["/home/ada/a..b/c.d.py", "/home/ada", "a..b/c.d.py"],
  // Hidden below the folder; what the folder itself is below does not matter.
  ["/home/ada/.venv/lib/a.py", "/home/ada", null],
  ["/home/ada/sub/.a.py", "/home/ada", null],
  ["/home/.ada/a.py", "/home/.ada", "a.py"],
  ["/home/.ada/a.py", "/", null],
])("knows %s below %s as %s", (path, root, local) => {
  expect(contentsPath(path, root, false)).toBe(local);
});

it("has hidden files where the server gives them out", () => {
  expect(contentsPath("/home/ada/.venv/a.py", "/home/ada", true)).toBe(".venv/a.py");
  expect(contentsPath("/home/.ada/a.py", "/", true)).toBe("home/.ada/a.py");
});

it("tells the script from other files of its name", () => {
  expect(isFileAt("/home/ada/sub/a.py", "sub/a.py", "/home/ada")).toBe(true);
  expect(isFileAt("/home/ada/sub/a.py", "a.py", "/home/ada")).toBe(false);
  expect(isFileAt("/home/ada/.sub/a.py", ".sub/a.py", "/home/ada")).toBe(true);
  expect(isFileAt("/home/ada/a.py", "home/ada/a.py", "/")).toBe(true);
  // The folder is not known.
  expect(isFileAt("/srv/sub/a.py", "sub/a.py", "")).toBe(true);
  expect(isFileAt("/srv/sub/ba.py", "a.py", "")).toBe(false);
});

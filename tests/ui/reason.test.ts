import { expect, test } from "vitest";
import { reasonOf } from "../../labextension/src/page/reason";

test("a reason is a sentence, whoever wrote it", () => {
  expect(reasonOf(new Error("Permission denied: a.py"))).toBe("Permission denied: a.py.");
  expect(reasonOf(new Error("The server does not answer."))).toBe("The server does not answer.");
  expect(reasonOf("no room")).toBe("no room.");
});

import { describe, expect, it } from "vitest";
import { loopProgressOf } from "../../labextension/src/results/loop_progress";
import type { Part } from "../../labextension/src/results/results";

const text = (text: string, type: "stdout" | "stderr" = "stderr") =>
  ({ type, text, screen: null }) as unknown as Part;
const of = (said: string) => loopProgressOf([text(said)]);

describe("how far a statement is", () => {
  it.each([
    [" 34%|███▍      | 340/1000 [00:03<00:06, 100.00it/s]", 0.34, "340/1000"],
    ["train:   5%|5         | 1.20k/24.0k [00:01<00:20, 1.1kB/s]", 0.05, "1.20k/24.0k"],
    ["\x1b[31mWorking... ━━━━━━━━━━━━━━╸━━━━━━━━━ \x1b[0m 58% 0:00:05", 0.58, "58%"],
    ["Files ━━━━━━━━━━╺━━━━━━━━━ 25% 5/20", 0.25, "5/20"],
    ["Epoch 3/12", 0.25, "3/12"],
    ["step: 10 of 40, loss 0.3", 0.25, "10/40"],
    ["[340/1000] reading", 0.34, "340/1000"],
    ["Epoch 1/10\nEpoch 2/10\n", 0.2, "2/10"],
  ])("is read from %j", (said, share, words) => {
    const found = of(said)!;
    expect(found.share).toBeCloseTo(share);
    expect(found.text).toBe(words);
  });

  it.each([
    "",
    "on 11/27 at noon",
    "1/3 of it",
    "Epoch 5/3",
    "100% sure",
    "step 0/0",
    "see a/b/3/4",
  ])("is not read from %j", said => expect(of(said)).toBeNull());

  it("is sought in a long line in linear time", () => {
    expect(of("━".repeat(4_000))).toBeNull();
  });

  it("is that of the outermost of the bars that stand together", () => {
    const outer = " 50%|█████     | 1/2 [00:03<00:03, 3.0s/it]";
    const inner = " 10%|█         | 1/10 [00:00<00:03, 3.0it/s]";
    expect(of(`99%|█| 99/100 [00:00<00:03]\nnext\n${outer}\n${inner}`)!.text).toBe("1/2");
  });

  it("is that of the last output that says anything", () => {
    const bar = text(" 34%|███▍      | 340/1000 [00:03<00:06]");
    expect(loopProgressOf([bar, text("", "stdout")])!.text).toBe("340/1000");
    expect(loopProgressOf([bar, text("done", "stdout")])).toBeNull();
    expect(loopProgressOf([])).toBeNull();
    const loop = { done: 3, total: 12 };
    expect(loopProgressOf([], loop)).toEqual({ share: 0.25, text: "3/12" });
    expect(loopProgressOf([bar], loop)!.text).toBe("340/1000");
    const cut = { type: "truncated", bytes: 9, tail: "Epoch 3/12" } as Part;
    expect(loopProgressOf([cut])!.text).toBe("3/12");
  });
});

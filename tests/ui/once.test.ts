import { expect, it, vi } from "vitest";
import { once } from "../../labextension/src/results/once";

it("loads once, and again after a failure", async () => {
  const load = vi
    .fn<() => Promise<number>>()
    .mockRejectedValueOnce(new Error("offline"))
    .mockResolvedValue(1);
  const get = once(load);
  const failing = get();
  expect(get()).toBe(failing);
  await expect(failing).rejects.toThrow("offline");
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  expect(load).toHaveBeenCalledTimes(2);
});

// Of what a kernel publishes widgets get what is theirs; all else comes by the session's own socket too, and is not decoded twice.
import { expect, it } from "vitest";
import { read, write } from "../../labextension/src/page/widgets/kernel_socket";

const message = (type: string, content: object, channel: "iopub" | "shell" = "iopub") =>
  write(
    channel,
    [{ msg_id: "a", msg_type: type }, { msg_id: "b" }, {}, content],
    [new Uint8Array([1, 2, 3])],
  );

it("reads what is of widgets, bytes too", () => {
  for (const type of ["comm_open", "comm_msg", "comm_close", "status"]) {
    const made = read(message(type, { comm_id: "c" }).buffer)!;
    expect(made.header.msg_type).toBe(type);
    expect(made.parent_header.msg_id).toBe("b");
    expect(made.content).toEqual({ comm_id: "c" });
    expect(new Uint8Array(made.buffers[0]!.buffer)).toEqual(new Uint8Array([1, 2, 3]));
  }
});

it("decodes nothing but the header of what is not", () => {
  const text = "x".repeat(100);
  for (const [type, channel] of [
    ["rdit_events", "iopub"],
    ["rdit_answer", "iopub"],
    ["stream", "iopub"],
    ["execute_reply", "shell"],
  ] as const) {
    const bytes = message(type, { text }, channel);
    // Its content would fail to be read.
    const at = new TextDecoder("latin1").decode(bytes).indexOf(text) - 1;
    bytes[at] = 0;
    expect(read(bytes.buffer)).toBeNull();
  }
});

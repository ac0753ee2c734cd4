import { describe, expect, it } from "vitest";
import { unbroken } from "../../labextension/src/editor/language/card";

describe("documentation in a card", () => {
  it("has the lines of a paragraph joined", () => {
    const text =
      "Group by a mapper.\n\nA groupby operation involves some combination of splitting the\nobject, applying a function, and combining the results. This can be\nused to group.\n\nEnd.";
    expect(unbroken(text)).toBe(
      "Group by a mapper.\n\nA groupby operation involves some combination of splitting the object, applying a function, and combining the results. This can be used to group.\n\nEnd.",
    );
  });
  it("keeps lists, tables, headings, parameters and examples", () => {
    for (const text of [
      "One of the following, which are told in the order of their age:\nfirst\nsecond",
      "A sentence that is long enough to fill all of the line of it\n- an item of a list\n* another",
      "A sentence that is long enough to fill all of the line of it\n1. an item\n2. another",
      "A sentence that is long enough to fill all of the line of it\nParameters\n----------\nby : mapping, function, label, pd.Grouper or list of such\n    Used to determine the groups for the groupby.",
      ">>> df.groupby(['Animal']).mean(numeric_only=True).round(2)\n        Max Speed\nFalcon  375.0",
      "column one of the table  column two of the table  three\nvalue one                value two                3",
      "Short.\nLines.",
      "",
    ])
      expect(unbroken(text)).toBe(text);
  });
});

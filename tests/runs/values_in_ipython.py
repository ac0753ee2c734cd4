# only: kernel
{3, 1, 2}
lambda: 0
list(range(60))
{"key" * 10: "value" * 10, "other" * 10: ["value" * 10]}
"x" * 100, 1

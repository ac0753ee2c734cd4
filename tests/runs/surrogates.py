print("lone \ud800 surrogate")
"value \udc80"
chr(0xdfff) + "é"
print("nul \0 and bell \a")
raise ValueError("error \ud800")

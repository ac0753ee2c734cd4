#> run fails
kept = 1
1 / 0
print("cancelled")
#> run after
print("a run that waits goes on:", kept)
#> until done fails
#> until done after

#> run defines
name = "Ada"
print(name)
#> until done defines
#> reset
#> run asks
name
#> until done asks

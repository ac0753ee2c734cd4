#> run asks
print("before")
input("name? ")
print("never")
#> until input asks
#> run waits
print("never either")
#> interrupt
#> until done asks
#> until done waits
#> run after
print("and on")
#> until done after

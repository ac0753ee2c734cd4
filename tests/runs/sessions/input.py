#> run first
name = input("name? ")
print("hello", name)
#> until input first
#> answer Ada
#> until done first
#> run second
a = input()
b = input("more? ")
a + b
#> until input second
#> answer one
#> until input second
#> answer two
#> until done second

#> run first
order = ["first"]
input("go on? ")
#> until input first
#> run second
order.append("second")
#> run third
order.append("third")
order
#> answer yes
#> until done first
#> until done second
#> until done third

# lines: 2-2
x = 1; x
   y = 2
if x:
z = 3

print("does not run")
for n in range(2):
    %time print(n)

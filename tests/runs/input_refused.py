# only: kernel
print("asking")
input("Name? ")

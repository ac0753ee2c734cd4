# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

for n in range(2):
    plt.plot([n])
    plt.show()
    print("shown", n)
plt.figure(); plt.plot([1]); plt.close()

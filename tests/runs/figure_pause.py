# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
for n in range(3):
    axes.plot([n, 1])
    plt.pause(0.001)
axes.set_title("last")
plt.pause(0.001)
plt.show(block=False)
plt.get_fignums()
axes.set_xlabel("at the end")

# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([1, 2, 3])
axes.set_title("title")
plt.show()
print("after")
plt.get_fignums()

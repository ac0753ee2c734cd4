import matplotlib.pyplot as plt
import numpy as np

plt.rcParams["figure.figsize"] = (2, 2)
x = np.linspace(0, 3, 20)
freq = 2
y = np.sin(freq * x)
plt.plot(x, y)
plt.title("one")
plt.show()
fig, ax = plt.subplots()
ax.plot(x, y**2, color="red")
ax.set_title(f"{freq} squared")
plt.show()
fig, (left, right) = plt.subplots(1, 2)
left.plot(x)
right.hist(y)
for axes in (left, right):
    axes.set_xlabel("x")
plt.show()


def draw(axes, values, **style):
    axes.plot(values, **style)
    return axes


figure, axes = plt.subplots()
draw(axes, y, lw=3)
axes.set_ylim(-2, 2)
figure
y.max()
len(axes.lines)
plt.close("all")
